/** Our records as JSON documents: resources, stage files, results, progress. */
@org.jspecify.annotations.NullMarked
package dev.lethe.api.document;
