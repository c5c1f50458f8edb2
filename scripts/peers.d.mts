export function findPeer(name: 'a Python with json-rpc' | 'Neovim'): string | undefined
