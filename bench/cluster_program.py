"""The program of the rows about a cluster: the cluster's part of a stack file, and nothing else.

It is copied into a folder with `described.yaml` and `kubeconfig`, and run there by an engine.
"""

from pathlib import Path

import pulumi

from components.description import Secrets
from components.network import declare_cluster
from config.load import load_stack
from plan.build import build_plan
from render.kubernetes import render_manifests

network = load_stack(Path("described.yaml")).network
plan = build_plan(network)
secrets = Secrets(pulumi.Output.secret(Path("kubeconfig").read_text()))
declare_cluster(plan, render_manifests(plan), secrets, pulumi.ResourceOptions())
