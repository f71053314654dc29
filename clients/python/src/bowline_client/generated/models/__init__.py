"""Contains all the data models used in inputs/outputs"""

from .access_token import AccessToken
from .account import Account
from .account_check import AccountCheck
from .account_metadata import AccountMetadata
from .account_status import AccountStatus
from .assurance import Assurance
from .complete_link_session import CompleteLinkSession
from .completion import Completion
from .create_link_session import CreateLinkSession
from .create_link_session_metadata_type_0 import CreateLinkSessionMetadataType0
from .create_manage_session import CreateManageSession
from .force_refresh import ForceRefresh
from .link_session import LinkSession
from .link_session_metadata import LinkSessionMetadata
from .link_session_status import LinkSessionStatus
from .new_link_session import NewLinkSession
from .new_manage_session import NewManageSession
from .o_auth_1_token import OAuth1Token
from .page_account import PageAccount
from .page_link_session import PageLinkSession
from .problem import Problem
from .protocol import Protocol
from .relink import Relink
from .required_role import RequiredRole
from .sign_request import SignRequest
from .sign_request_body_params import SignRequestBodyParams
from .signed_request import SignedRequest
from .token_outcome import TokenOutcome
from .token_request import TokenRequest
from .tokens import Tokens
from .tokens_request import TokensRequest
from .total import Total
from .user_token_request import UserTokenRequest

__all__ = (
    "AccessToken",
    "Account",
    "AccountCheck",
    "AccountMetadata",
    "AccountStatus",
    "Assurance",
    "CompleteLinkSession",
    "Completion",
    "CreateLinkSession",
    "CreateLinkSessionMetadataType0",
    "CreateManageSession",
    "ForceRefresh",
    "LinkSession",
    "LinkSessionMetadata",
    "LinkSessionStatus",
    "NewLinkSession",
    "NewManageSession",
    "OAuth1Token",
    "PageAccount",
    "PageLinkSession",
    "Problem",
    "Protocol",
    "Relink",
    "RequiredRole",
    "SignedRequest",
    "SignRequest",
    "SignRequestBodyParams",
    "TokenOutcome",
    "TokenRequest",
    "Tokens",
    "TokensRequest",
    "Total",
    "UserTokenRequest",
)
