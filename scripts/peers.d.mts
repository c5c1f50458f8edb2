export function findPeer(name: 'a Python with json-rpc' | 'Emacs with eglot' | 'Neovim'): string | undefined
