"""What the tests of the SDK share."""

import hypothesis

hypothesis.settings.register_profile("portico", deadline=None)  # speed is measured in bench/, never in a test
hypothesis.settings.load_profile("portico")
