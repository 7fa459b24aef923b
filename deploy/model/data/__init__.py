"""What is learned from: crops, their readers, faces turned by profiling."""
