import type { Theme } from '../case';
import { filters } from './filters';
import { sorts } from './sorts';

export const themes: Theme[] = [...filters, sorts];
