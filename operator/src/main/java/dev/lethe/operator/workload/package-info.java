/** Manifests: an attempt as a Job with one pod. */
@org.jspecify.annotations.NullMarked
package dev.lethe.operator.workload;
