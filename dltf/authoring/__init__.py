"""What an instructor uses: stubs, notebooks, releases, and the proof that an assignment works."""
