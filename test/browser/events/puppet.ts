/** Posts to its opener or parent what that one tells it to post, and tells what it hears besides. */
export type Order = { readonly say: readonly unknown[]; readonly token: string }

const master = (window.opener as Window | null) ?? window.parent

addEventListener('message', ({ data }: MessageEvent<Partial<Order> | undefined>) => {
  if (data?.say) {
    for (const message of data.say) master.postMessage(message, '*')
    master.postMessage({ said: data.token }, '*')
  } else master.postMessage({ heard: data }, '*')
})
master.postMessage({ loaded: true }, '*')
