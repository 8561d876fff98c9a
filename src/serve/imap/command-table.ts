import { capabilitiesOf } from './capability.ts';
import type { Command } from './command.ts';
import { authenticate } from './commands/authenticate.ts';
import { capability } from './commands/capability.ts';
import { check } from './commands/check.ts';
import { close } from './commands/close.ts';
import { compress } from './commands/compress.ts';
import { create } from './commands/create.ts';
import { deleteAcl } from './commands/delete-acl.ts';
import { deleteMailbox } from './commands/delete.ts';
import { enable } from './commands/enable.ts';
import { examine } from './commands/examine.ts';
import { genUrlAuth } from './commands/gen-url-auth.ts';
import { getAcl } from './commands/get-acl.ts';
import { getMetadata } from './commands/get-metadata.ts';
import { getQuotaRoot } from './commands/get-quota-root.ts';
import { getQuota } from './commands/get-quota.ts';
import { id } from './commands/id.ts';
import { idle } from './commands/idle.ts';
import { list } from './commands/list.ts';
import { listRights } from './commands/list-rights.ts';
import { login } from './commands/login.ts';
import { logout } from './commands/logout.ts';
import { lsub } from './commands/lsub.ts';
import { myRights } from './commands/my-rights.ts';
import { namespace } from './commands/namespace.ts';
import { noop } from './commands/noop.ts';
import { notify } from './commands/notify.ts';
import { rename } from './commands/rename.ts';
import { resetKey } from './commands/reset-key.ts';
import { select } from './commands/select.ts';
import { setAcl } from './commands/set-acl.ts';
import { setMetadata } from './commands/set-metadata.ts';
import { setQuota } from './commands/set-quota.ts';
import { startTls } from './commands/starttls.ts';
import { status } from './commands/status.ts';
import { subscribe } from './commands/subscribe.ts';
import { unauthenticate } from './commands/unauthenticate.ts';
import { unselect } from './commands/unselect.ts';
import { unsubscribe } from './commands/unsubscribe.ts';
import { uidBatches } from './commands/uid-batches.ts';
import { urlFetch } from './commands/url-fetch.ts';
import { messageCommands } from './message-commands.ts';

/** Every command there is. Dispatch, state checks, CAPABILITY and docs/protocols.md come from here. */
export const commands: readonly Command[] = [
  ...[capability, noop, logout, id, startTls, login, authenticate],
  ...[enable, select, examine, create, deleteMailbox, rename, subscribe, unsubscribe, list, lsub, namespace, status],
  ...[idle, notify, getQuota, getQuotaRoot, setQuota, getMetadata, setMetadata, close, unselect, check, unauthenticate],
  ...[compress, resetKey, genUrlAuth, urlFetch, uidBatches],
  ...[setAcl, deleteAcl, getAcl, listRights, myRights],
  ...messageCommands,
];

/** By name; `UID FETCH` under both words. */
export const commandsByName: ReadonlyMap<string, Command> = new Map(commands.map((entry) => [entry.name, entry]));

/** The names after CAPABILITY for this session. */
export const printCapabilities = capabilitiesOf(commands);
