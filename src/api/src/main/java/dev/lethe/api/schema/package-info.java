/** Admission on a laptop: manifests held against the same CRDs that a cluster holds them against. */
@org.jspecify.annotations.NullMarked
package dev.lethe.api.schema;
