import { storeContract } from '../../contract/store.ts';
import { openEmptyStore } from '../../support/empty-store.ts';

storeContract('SQLite', openEmptyStore);
