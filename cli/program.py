"""A stack with its description -> the program that the built-in engine runs."""

from cli.stack import Whole
from config.load import LoadedStack
from engine.crypter import Crypter, crypter_for, passphrase_from_environment
from engine.problems import PassphraseError
from engine.program import Program

PROJECT = "la1r"
KUBECONFIG = f"{PROJECT}:kubeconfig"


def program_of(whole: Whole, passphrase: str | None = None) -> Program:
    """The project's own program, as the engine runs it.

    Secrets of the stack file are opened with the passphrase, else with that of the environment. A
    preview goes on where they stay sealed, and asks no cluster then. Raises PassphraseError when
    the passphrase was given and does not open them.
    """
    return Program(
        project=PROJECT,
        stack=whole.name,
        folder=whole.folder,
        config=open_secrets(whole.stack, passphrase),
        secret_keys=whole.stack.secret_keys,
        parallel=None,
    )


def open_secrets(stack: LoadedStack, passphrase: str | None) -> dict[str, str]:
    """The configuration with its secrets, where they can be opened."""
    config = dict(stack.config)
    if not stack.secret_keys:
        return config
    crypter = _find_crypter(stack.salt, passphrase)
    for key in stack.secret_keys:
        opened = crypter.open(config[key]) if crypter else None
        if opened is not None:
            config[key] = opened
        elif passphrase is not None:
            raise PassphraseError(
                f"The passphrase does not open the secret '{key}' of the stack file: it was sealed "
                "with another one. Set PULUMI_CONFIG_PASSPHRASE to that one."
            )
        elif key == KUBECONFIG:
            config[key] = ""
    return config


def _find_crypter(salt: str, passphrase: str | None) -> Crypter | None:
    known = passphrase_from_environment() if passphrase is None else passphrase
    return crypter_for(salt, known) if salt and known is not None else None
