/** What runs in a cluster: an attempt as a Job. */
@org.jspecify.annotations.NullMarked
package dev.lethe.operator.workload;
