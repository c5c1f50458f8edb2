-- Neovim as a client of the language server that its arguments start: what happened is printed as one line of JSON.
local seen = { logs = {} }

local id = vim.lsp.start_client({
  name = 'portcall',
  cmd = { os.getenv('LANGUAGE_SERVER_NODE'), os.getenv('LANGUAGE_SERVER') },
  root_dir = vim.fn.getcwd(),
  handlers = {
    ['window/logMessage'] = function(_, params)
      table.insert(seen.logs, params.message)
    end,
  },
  on_exit = function(code)
    seen.exit = code
  end,
})
local client = vim.lsp.get_client_by_id(id)
vim.api.nvim_buf_set_lines(0, 0, -1, false, { 'first', 'second' })
vim.lsp.buf_attach_client(0, id)
vim.wait(5000, function()
  return client.initialized
end)
seen.server = client.server_capabilities
local hover = client.request_sync('textDocument/hover', {
  textDocument = { uri = vim.uri_from_bufnr(0) },
  position = { line = 1, character = 0 },
}, 5000, 0)
seen.hover = hover and hover.result
seen.none = client.request_sync('portcall/none', vim.empty_dict(), 5000, 0)
client.stop()
vim.wait(5000, function()
  return seen.exit ~= nil
end)
io.stdout:write(vim.json.encode(seen), '\n')
vim.cmd('qa!')
