import { Module } from '@nestjs/common';
import { H5Controller } from './h5.controller';
import { Pages } from './pages';

@Module({ controllers: [H5Controller], providers: [Pages] })
export class H5Module {}
