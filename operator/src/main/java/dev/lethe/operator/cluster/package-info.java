/** Our kinds as objects of a cluster: how they are read, made and written. */
@org.jspecify.annotations.NullMarked
package dev.lethe.operator.cluster;
