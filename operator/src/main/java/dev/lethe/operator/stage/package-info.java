/** One stage in a cluster: its Jobs and pods are gathered, planned, and acted upon. The four kinds share all of it. */
@org.jspecify.annotations.NullMarked
package dev.lethe.operator.stage;
