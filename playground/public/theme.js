// Before the page is painted. A file of its own, as a strict Content-Security-Policy lets no inline script run.
document.documentElement.dataset.theme = localStorage.getItem('portcall-theme') ?? 'auto'
