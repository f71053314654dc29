function begin()
  text = "GET " .. config.path .. " HTTP/1.1\r\nHost: " .. config.host .. "\r\n\r\n"
end
function request()
  return text
end
