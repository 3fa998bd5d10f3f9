/** Our kinds as custom resources: how they are read, created and written. */
@org.jspecify.annotations.NullMarked
package dev.lethe.operator.cluster;
