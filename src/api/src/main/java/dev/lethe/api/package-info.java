/** api. */
package dev.lethe.api;
