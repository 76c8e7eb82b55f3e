"""The four components that declare a planned network as Pulumi resources, and nothing else."""
