'use strict';

const { ModernFakeTimers } = require('@jest/fake-timers');
const { ModuleMocker } = require('jest-mock');

/**
 * The test file runs in the worker's own realm, where the packages are that all files share (see runtime.js): in a
 * realm of its own, an array of the test would be no Array to them.
 */
module.exports = class Environment {
  fakeTimers = null;
  global = globalThis;

  constructor({ projectConfig: config }) {
    this.moduleMocker = new ModuleMocker(globalThis);
    // Jest keeps its listeners in the realm: those of the files before are not to hear of this one
    globalThis[Symbol.for('EVENT_HANDLERS')] = undefined;
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
  }
};
