import { Module } from '@nestjs/common';
import { CollectionsModule } from '../../database/collections';
import { ARTICLE, articleSchema } from './article.schema';
import { ArticlesController } from './articles.controller';
import { ArticlesService } from './articles.service';

@Module({
  imports: [CollectionsModule.of([{ name: ARTICLE, schema: articleSchema }])],
  controllers: [ArticlesController],
  providers: [ArticlesService],
})
export class ArticlesModule {}
