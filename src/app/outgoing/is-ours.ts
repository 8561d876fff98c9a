import type { Directory } from '../../directory/directory.ts';

/** Has people here: not a domain of which we only get reports, but this host's own name, where somebody is postmaster. */
export function isOurs(directory: Pick<Directory, 'lookupRecipient'>, domain: string): boolean {
  return directory.lookupRecipient({ localPart: 'postmaster', domain }).kind !== 'unknown-domain';
}
