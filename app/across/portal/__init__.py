"""The public portal: what anyone may see, through explicit dictionaries and nothing else."""
