/** The kinds. */
@org.jspecify.annotations.NullMarked
package dev.lethe.api.resource;
