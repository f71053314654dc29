function request()
  local tenant = math.random(0, tenants - 1)
  local most = math.floor((config.accounts - 1 - tenant) / tenants)
  local ids = {}
  for i = 1, 100 do
    ids[i] = '"' .. config.prefix .. suffix(math.random(0, most) * tenants + tenant) .. '"'
  end
  return with_body("/v1/tokens", tenant, '{"account_ids":[' .. table.concat(ids, ",") .. ']}')
end
