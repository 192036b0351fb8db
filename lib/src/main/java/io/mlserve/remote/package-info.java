/**
 * Where models come from: files, HTTP, FTP, HDFS.
 *
 * <p>Start at {@link io.mlserve.remote.ModelSource}, one remote tree seen through three questions:
 * what is there, what lies in this folder, and give me its bytes from here on. {@link
 * io.mlserve.remote.ModelSources} opens one for a {@link io.mlserve.remote.SourceUri}, {@link
 * io.mlserve.remote.Downloader} brings what it has to this disk, and {@link
 * io.mlserve.remote.DoneMark} says whether something new is there.
 *
 * <p>Nothing here knows an archive's inside ({@code archive}), a place on the local disk where
 * models are served from ({@code store}), or when to look again ({@code monitor}).
 */
@NullMarked
package io.mlserve.remote;

import org.jspecify.annotations.NullMarked;
