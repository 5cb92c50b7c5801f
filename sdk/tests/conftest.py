"""What the tests of the SDK share."""

import os

import hypothesis

# Speed is measured in bench/, never in a test. CI tries the same examples each time; people find new ones.
hypothesis.settings.register_profile("portico", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("portico")
