import { z } from 'zod';
import { LOADER_CHOICES, LOCAL_BOOT_CHOICES } from './boot-choice.ts';

/** The fields of profiles and systems. Null: the system takes the profile's, the profile the default. */
export const loaderField = z.enum(LOADER_CHOICES).nullable().default(null);
export const localBootField = z.enum(LOCAL_BOOT_CHOICES).nullable().default(null);
