async function main() {
  const worker = portcall.wrap(new Worker('worker.js'))
  console.log(await worker.add(1, 2))
  for await (const n of worker.count(3)) console.log('item', n)
  const iframe = document.querySelector('iframe')
  const widget = portcall.wrap(portcall.windowTransport(iframe, { origin: location.origin }))
  console.log(await widget.rename('Ada'))
}

void main()
