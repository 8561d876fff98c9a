import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { blobPlace } from '../blob-place.ts';
import type { StoreOptions } from '../store-options.ts';
import type { PlainError } from '../write-request.ts';
import type { WriterThreadData } from './writer-thread.ts';

/** The writer's thread, which loads itself and opens the database. */
export interface StartedWriter {
  readonly worker: Worker;
  readonly databasePath: string;
  /** It takes writes; or why the database could not be opened. Rejects when the thread itself failed. */
  readonly opened: Promise<PlainError | undefined>;
}

type FirstMessage = { readonly kind: 'ready' } | { readonly kind: 'broken'; readonly error: PlainError };

/** Starts the writer of a store. This file is light to load, so that the thread gets ready while the rest is still loaded. */
export function startWriter(options: StoreOptions): StartedWriter {
  const data: WriterThreadData = {
    databasePath: join(options.dataDir, 'posthorn.db'),
    blobs: blobPlace(options),
  };
  const worker = new Worker(new URL('./writer-thread.ts', import.meta.url), {
    workerData: data,
    // A message leaves much garbage behind; a larger nursery is emptied less often.
    resourceLimits: { maxYoungGenerationSizeMb: 24 },
  });
  const opened = new Promise<PlainError | undefined>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (message: FirstMessage) => resolve(message.kind === 'broken' ? message.error : undefined));
  });
  // Whoever waits for it hears of it; until then it must not count as unheard.
  opened.catch(() => {});
  return { worker, databasePath: data.databasePath, opened };
}
