/// stub
@org.jspecify.annotations.NullMarked
package dev.postern.config;
