import os

from leave import create_app

create_app(os.environ).run(host="localhost", port=int(os.environ.get("PORT", "8011")))
