import type { BlobStore } from '../blob-store.ts';
import { FileBlobStore } from './file-blob-store.ts';
import { S3BlobStore } from './s3-blob-store.ts';

/** The blob store at a place: an `s3://` address, or a folder. */
export function openBlobStore(place: string): BlobStore {
  return place.startsWith('s3://') ? new S3BlobStore(place) : new FileBlobStore(place);
}
