import os

from reimbursement import create_app

create_app(os.environ).run(host="localhost", port=int(os.environ.get("PORT", "8013")))
