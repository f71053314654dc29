"""Contains all the data models used in inputs/outputs"""

from .access_token import AccessToken
from .account import Account
from .account_check import AccountCheck
from .account_metadata import AccountMetadata
from .account_status import AccountStatus
from .approve_sandbox_link import ApproveSandboxLink
from .approved_sandbox_link import ApprovedSandboxLink
from .assurance import Assurance
from .complete_link_session import CompleteLinkSession
from .completion import Completion
from .create_link_session import CreateLinkSession
from .create_link_session_metadata_type_0 import CreateLinkSessionMetadataType0
from .create_manage_session import CreateManageSession
from .create_webhook_endpoint import CreateWebhookEndpoint
from .edit_webhook_endpoint import EditWebhookEndpoint
from .fire_sandbox_event import FireSandboxEvent
from .fired_sandbox_event import FiredSandboxEvent
from .force_refresh import ForceRefresh
from .link_session import LinkSession
from .link_session_metadata import LinkSessionMetadata
from .link_session_status import LinkSessionStatus
from .new_link_session import NewLinkSession
from .new_manage_session import NewManageSession
from .new_webhook_endpoint import NewWebhookEndpoint
from .o_auth_1_token import OAuth1Token
from .page_account import PageAccount
from .page_link_session import PageLinkSession
from .page_webhook_delivery import PageWebhookDelivery
from .page_webhook_endpoint import PageWebhookEndpoint
from .problem import Problem
from .protocol import Protocol
from .relink import Relink
from .required_role import RequiredRole
from .resend_webhooks import ResendWebhooks
from .resent_webhooks import ResentWebhooks
from .rotate_webhook_secret import RotateWebhookSecret
from .sandbox_account import SandboxAccount
from .sandbox_state import SandboxState
from .set_sandbox_state import SetSandboxState
from .sign_request import SignRequest
from .sign_request_body_params import SignRequestBodyParams
from .signed_request import SignedRequest
from .token_outcome import TokenOutcome
from .token_request import TokenRequest
from .tokens import Tokens
from .tokens_request import TokensRequest
from .total import Total
from .user_token_request import UserTokenRequest
from .webhook_delivery import WebhookDelivery
from .webhook_delivery_state import WebhookDeliveryState
from .webhook_endpoint import WebhookEndpoint
from .webhook_state import WebhookState
from .webhook_test import WebhookTest

__all__ = (
    "AccessToken",
    "Account",
    "AccountCheck",
    "AccountMetadata",
    "AccountStatus",
    "ApprovedSandboxLink",
    "ApproveSandboxLink",
    "Assurance",
    "CompleteLinkSession",
    "Completion",
    "CreateLinkSession",
    "CreateLinkSessionMetadataType0",
    "CreateManageSession",
    "CreateWebhookEndpoint",
    "EditWebhookEndpoint",
    "FiredSandboxEvent",
    "FireSandboxEvent",
    "ForceRefresh",
    "LinkSession",
    "LinkSessionMetadata",
    "LinkSessionStatus",
    "NewLinkSession",
    "NewManageSession",
    "NewWebhookEndpoint",
    "OAuth1Token",
    "PageAccount",
    "PageLinkSession",
    "PageWebhookDelivery",
    "PageWebhookEndpoint",
    "Problem",
    "Protocol",
    "Relink",
    "RequiredRole",
    "ResendWebhooks",
    "ResentWebhooks",
    "RotateWebhookSecret",
    "SandboxAccount",
    "SandboxState",
    "SetSandboxState",
    "SignedRequest",
    "SignRequest",
    "SignRequestBodyParams",
    "TokenOutcome",
    "TokenRequest",
    "Tokens",
    "TokensRequest",
    "Total",
    "UserTokenRequest",
    "WebhookDelivery",
    "WebhookDeliveryState",
    "WebhookEndpoint",
    "WebhookState",
    "WebhookTest",
)
