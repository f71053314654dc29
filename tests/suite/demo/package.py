"""Uses Dropbox's own package with an access token from Bowline, configured only by the variables of `cargo demo add-app`."""

import json
import os

import dropbox
import requests

answer = requests.post(
    f"{os.environ['BOWLINE_URL']}/v1/users/ada/token",
    headers={"Authorization": f"Bearer {os.environ['BOWLINE_API_KEY']}"},
    timeout=30,
)
answer.raise_for_status()
dbx = dropbox.Dropbox(oauth2_access_token=answer.json()["access_token"], max_retries_on_error=0)
flow = dropbox.DropboxOAuth2FlowNoRedirect(os.environ["DROPBOX_APP_KEY"], os.environ["DROPBOX_APP_SECRET"])
print(
    json.dumps(
        {
            "email": dbx.users_get_current_account().email,
            "files": [entry.name for entry in dbx.files_list_folder("").entries],
            "authorize": flow.start(),
            "host": os.environ["DROPBOX_WEB_HOST"],
        }
    )
)
