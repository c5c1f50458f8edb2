/** Make a random UUID, version 4 (RFC 9562), also in insecure contexts, where `crypto.randomUUID` is missing. */
export const uuid = (): string =>
  'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replace(/[xy]/g, (place) => {
    const [byte = 0] = crypto.getRandomValues(new Uint8Array(1))
    return (place === 'x' ? byte & 15 : (byte & 3) | 8).toString(16)
  })
