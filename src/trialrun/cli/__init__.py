"""The command line, one file a command."""


def main() -> None:
    """Entry point of `trialrun`."""
    from trialrun.cli.app import main as run

    run()
