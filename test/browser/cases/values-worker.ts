import { expose } from '../../../src/index.ts'

export const api = {
  echo: (value: unknown): unknown => value,
  async write(directory: FileSystemDirectoryHandle, name: string): Promise<string> {
    const file = await directory.getFileHandle(name, { create: true })
    return `${Object.prototype.toString.call(directory)} ${file.name}`
  },
  root: (): Promise<FileSystemDirectoryHandle> => navigator.storage.getDirectory(),
}

expose(api)
