"""What is known of each radiograph, and which of them make up a cohort."""
