import { constants, copyFile, rm } from 'node:fs/promises';
import type { Spooled } from './spool.ts';

/** A second one, for what takes a spooled message over. @throws errors of the file system */
export async function copySpooled(spooled: Spooled): Promise<Spooled> {
  if (spooled.kind === 'octets') return { kind: 'octets', octets: new Uint8Array(spooled.octets), owned: true };
  const path = `${spooled.path}.copy`;
  await copyFile(spooled.path, path, constants.COPYFILE_FICLONE);
  return { kind: 'file', path, sizeBytes: spooled.sizeBytes };
}

/** Throws away one that nobody took over. */
export async function discardSpooled(spooled: Spooled): Promise<void> {
  if (spooled.kind === 'file') await rm(spooled.path, { force: true });
}
