export const HOST_ORIGIN = 'http://127.0.0.1:5173'
export const WIDGET_ORIGIN = 'http://127.0.0.1:5174'
