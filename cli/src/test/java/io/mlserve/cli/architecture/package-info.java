/**
 * The rules of ARCHITECTURE.md as tests.
 *
 * <p>Start at {@link io.mlserve.cli.architecture.House}, which holds them as data and conditions.
 *
 * <p>Rules about a single class belong to the compiler: see the Error Prone set-up in pom.xml.
 */
@NullMarked
package io.mlserve.cli.architecture;

import org.jspecify.annotations.NullMarked;
