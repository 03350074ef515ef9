'use strict';

const { createRequire } = require('node:module');
const vm = require('node:vm');
const { default: Runtime } = require('jest-runtime');

/** Of a package of node_modules, other than Jest's own and those of this repository. */
const PACKAGE = /^(?!node:|@jest\/|jest|expect$|@homecare\/)(@[\w.-]+\/)?[a-z][\w.-]*(\/|$)/i;

/** Modules by their file, compiled once a worker; each test file runs them anew. */
const compiled = new Map();

/**
 * Loads packages once a worker, with Node's own require, in place of once a test file with Jest's: of a file's time
 * on a processor, two seconds in three went there. The project's own modules are still run anew for each file, so
 * that no state of theirs is carried over.
 */
module.exports = class SharedPackages extends Runtime {
  constructor(...given) {
    super(...given);
    const { executor } = this;
    executor.compile = (code, filename) => {
      const known = compiled.get(filename);
      if (known?.code === code) return known.run;
      const run = vm.compileFunction(code, executor.injectedModuleParameters, {
        filename,
        importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
      });
      compiled.set(filename, { code, run });
      return run;
    };
  }

  requireModuleOrMock(from, name) {
    if (PACKAGE.test(name)) return createRequire(from)(name);
    return super.requireModuleOrMock(from, name);
  }
};
