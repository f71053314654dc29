"""Acts for a member of a linked team with the official Dropbox package. The team's access token is read from standard input.

The arguments are the path of the certificate authority and the member's e-mail address.
"""

import json
import sys

from dropbox import DropboxTeam, create_session
from dropbox.exceptions import AuthError

team = DropboxTeam(sys.stdin.read().strip(), session=create_session(ca_certs=sys.argv[1]), max_retries_on_error=0)
members = {member.profile.email: member.profile.team_member_id for member in team.team_members_list_v2().members}
dbx = team.as_user(members[sys.argv[2]])
account = dbx.users_get_current_account()
names = [entry.name for entry in dbx.files_list_folder("").entries]
try:
    team.as_user("dbmid:nobody").users_get_current_account()
    refused = None
except AuthError as error:
    refused = error.error._tag
print(json.dumps({"email": account.email, "files": names, "members": sorted(members), "refused": refused}))
