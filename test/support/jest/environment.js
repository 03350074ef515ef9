'use strict';

const { AsyncLocalStorage } = require('node:async_hooks');
const { ModernFakeTimers } = require('@jest/fake-timers');
const { ModuleMocker } = require('jest-mock');

/**
 * Jest follows the tests of each file through all that they do asynchronously, and never stops: each file would make
 * every promise of those after it dearer.
 */
const followed = new Set();
const { run } = AsyncLocalStorage.prototype;
AsyncLocalStorage.prototype.run = function (...given) {
  followed.add(this);
  return run.apply(this, given);
};
function stopFollowing() {
  for (const storage of followed) storage.disable();
  followed.clear();
}

/** Jest keeps a file's tests and listeners in the realm: they are neither to stay in memory nor to hear of the next file. */
function forgetTests() {
  const own = Object.getOwnPropertySymbols(globalThis);
  for (const key of own)
    if (/^(JEST_STATE_SYMBOL|EVENT_HANDLERS)$/.test(key.description)) delete globalThis[key];
}

/** What packages remember of a file's classes and connections, which would keep all of its modules in memory. */
function forgetSchemas() {
  Object.assign(globalThis.MongoTypeMetadataStorage ?? {}, { schemas: [], properties: [], virtuals: [] });
  require('mongoose').connections.splice(1);
}

/**
 * The test file runs in the worker's own realm, where the packages are that all files share (see runtime.js): in a
 * realm of its own, an array of the test would be no Array to them.
 */
module.exports = class Environment {
  fakeTimers = null;
  global = globalThis;

  constructor({ projectConfig: config }) {
    this.moduleMocker = new ModuleMocker(globalThis);
    this.fakeTimersModern = new ModernFakeTimers({ config, global: globalThis });
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  /** Anything but null, which means that the environment has ended. */
  getVmContext() {
    return globalThis;
  }

  async setup() {}

  /** Nothing that a file has put in the place of the world's functions is there for the next. */
  async teardown() {
    this.moduleMocker.restoreAllMocks();
    this.fakeTimersModern.dispose();
    stopFollowing();
    forgetTests();
    forgetSchemas();
  }
};
