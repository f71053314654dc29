from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.page_webhook_delivery import PageWebhookDelivery
from ...models.problem import Problem
from ...models.webhook_delivery_state import WebhookDeliveryState
from ...types import UNSET, Response, Unset


def _get_kwargs(
    id: str,
    *,
    state: WebhookDeliveryState | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_state: str | Unset = UNSET
    if not isinstance(state, Unset):
        json_state = state.value

    params["state"] = json_state

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/webhook-endpoints/{id}/deliveries".format(
            id=quote(str(id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> PageWebhookDelivery | Problem | None:
    if response.status_code == 200:
        response_200 = PageWebhookDelivery.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

    if response.status_code == 405:
        response_405 = Problem.from_dict(response.json())

        return response_405

    if response.status_code == 408:
        response_408 = Problem.from_dict(response.json())

        return response_408

    if response.status_code == 409:
        response_409 = Problem.from_dict(response.json())

        return response_409

    if response.status_code == 410:
        response_410 = Problem.from_dict(response.json())

        return response_410

    if response.status_code == 413:
        response_413 = Problem.from_dict(response.json())

        return response_413

    if response.status_code == 415:
        response_415 = Problem.from_dict(response.json())

        return response_415

    if response.status_code == 422:
        response_422 = Problem.from_dict(response.json())

        return response_422

    if response.status_code == 429:
        response_429 = Problem.from_dict(response.json())

        return response_429

    if response.status_code == 500:
        response_500 = Problem.from_dict(response.json())

        return response_500

    if response.status_code == 502:
        response_502 = Problem.from_dict(response.json())

        return response_502

    if response.status_code == 503:
        response_503 = Problem.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[PageWebhookDelivery | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    id: str,
    *,
    client: AuthenticatedClient,
    state: WebhookDeliveryState | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Response[PageWebhookDelivery | Problem]:
    """List deliveries

     What became of events at the endpoint, newest event first. Events are kept for 30 days,
    `account.changed` for three.

    Requires an API key with the permission `webhooks`.

    Args:
        id (str):
        state (WebhookDeliveryState | Unset): Whether an endpoint has got an event.

            - `waiting`: It is to be delivered, or to be tried again.
            - `delivered`: The endpoint has accepted it.
            - `skipped`: It was tried for three days, or could not be tried in that time.
        cursor (str | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PageWebhookDelivery | Problem]
    """

    kwargs = _get_kwargs(
        id=id,
        state=state,
        cursor=cursor,
        limit=limit,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    id: str,
    *,
    client: AuthenticatedClient,
    state: WebhookDeliveryState | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> PageWebhookDelivery | Problem | None:
    """List deliveries

     What became of events at the endpoint, newest event first. Events are kept for 30 days,
    `account.changed` for three.

    Requires an API key with the permission `webhooks`.

    Args:
        id (str):
        state (WebhookDeliveryState | Unset): Whether an endpoint has got an event.

            - `waiting`: It is to be delivered, or to be tried again.
            - `delivered`: The endpoint has accepted it.
            - `skipped`: It was tried for three days, or could not be tried in that time.
        cursor (str | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PageWebhookDelivery | Problem
    """

    return sync_detailed(
        id=id,
        client=client,
        state=state,
        cursor=cursor,
        limit=limit,
    ).parsed


async def asyncio_detailed(
    id: str,
    *,
    client: AuthenticatedClient,
    state: WebhookDeliveryState | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Response[PageWebhookDelivery | Problem]:
    """List deliveries

     What became of events at the endpoint, newest event first. Events are kept for 30 days,
    `account.changed` for three.

    Requires an API key with the permission `webhooks`.

    Args:
        id (str):
        state (WebhookDeliveryState | Unset): Whether an endpoint has got an event.

            - `waiting`: It is to be delivered, or to be tried again.
            - `delivered`: The endpoint has accepted it.
            - `skipped`: It was tried for three days, or could not be tried in that time.
        cursor (str | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PageWebhookDelivery | Problem]
    """

    kwargs = _get_kwargs(
        id=id,
        state=state,
        cursor=cursor,
        limit=limit,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    id: str,
    *,
    client: AuthenticatedClient,
    state: WebhookDeliveryState | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> PageWebhookDelivery | Problem | None:
    """List deliveries

     What became of events at the endpoint, newest event first. Events are kept for 30 days,
    `account.changed` for three.

    Requires an API key with the permission `webhooks`.

    Args:
        id (str):
        state (WebhookDeliveryState | Unset): Whether an endpoint has got an event.

            - `waiting`: It is to be delivered, or to be tried again.
            - `delivered`: The endpoint has accepted it.
            - `skipped`: It was tried for three days, or could not be tried in that time.
        cursor (str | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PageWebhookDelivery | Problem
    """

    return (
        await asyncio_detailed(
            id=id,
            client=client,
            state=state,
            cursor=cursor,
            limit=limit,
        )
    ).parsed
