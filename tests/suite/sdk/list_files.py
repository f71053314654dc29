"""Lists the files of the account whose access token stands on standard input, with the official Dropbox package.

Called with the path of the certificate authority; hosts come from the environment, which must be set before the import.
"""

import json
import sys

from dropbox import Dropbox, create_session

dbx = Dropbox(sys.stdin.read().strip(), session=create_session(ca_certs=sys.argv[1]), max_retries_on_error=0)
account = dbx.users_get_current_account()
names = [entry.name for entry in dbx.files_list_folder("").entries]
print(json.dumps({"email": account.email, "files": names}))
