"""Lists the files of an account with the official Dropbox package. The access token is read from standard input.

The argument is the path of the certificate authority. The hosts come from the environment, which must be set before the import.
"""

import json
import sys

from dropbox import Dropbox, create_session

dbx = Dropbox(sys.stdin.read().strip(), session=create_session(ca_certs=sys.argv[1]), max_retries_on_error=0)
account = dbx.users_get_current_account()
names = [entry.name for entry in dbx.files_list_folder("").entries]
print(json.dumps({"email": account.email, "files": names}))
