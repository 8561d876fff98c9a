/**
 * How a blob's octets lie in its row. `deflate` and `deflated` are read, no longer written: the first has no checksum, and both
 * take more time, to pack and to unpack, than zstd.
 */
export const blobEncoding = { raw: 0, deflate: 1, blobStore: 2, deflated: 3, zstd: 4 } as const;
